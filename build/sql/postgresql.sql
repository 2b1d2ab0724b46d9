-- Tables of OgcProcesses in PostgreSQL: makes them, or changes those of any earlier version. Run again, it changes nothing.
-- psql -v ON_ERROR_STOP=1 -d DATABASE -f FILE    (the first error ends it)

CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL,
    CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId")
);

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE TABLE expired_jobs (
        job_id uuid NOT NULL,
        at timestamp(6) with time zone NOT NULL,
        reason character varying(500) COLLATE "C" NOT NULL,
        files_removed boolean NOT NULL,
        CONSTRAINT "PK_expired_jobs" PRIMARY KEY (job_id)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE TABLE jobs (
        id uuid NOT NULL,
        process_id character varying(128) COLLATE "C" NOT NULL,
        revision_id uuid NOT NULL,
        owner character varying(256) COLLATE "C" NOT NULL,
        status character varying(16) COLLATE "C" NOT NULL,
        message character varying(2000) COLLATE "C",
        progress integer NOT NULL,
        created timestamp(6) with time zone NOT NULL,
        started timestamp(6) with time zone,
        finished timestamp(6) with time zone,
        duration bigint,
        updated timestamp(6) with time zone NOT NULL,
        attempt integer NOT NULL,
        attempts text COLLATE "C" NOT NULL,
        not_before timestamp(6) with time zone,
        node character varying(256) COLLATE "C",
        lease_until timestamp(6) with time zone,
        image_digest character varying(512) COLLATE "C",
        fingerprint character varying(64) COLLATE "C",
        reused_from uuid,
        keep_for bigint,
        expires timestamp(6) with time zone,
        pinned boolean NOT NULL,
        stored_bytes bigint NOT NULL,
        version integer NOT NULL,
        failure_exit_code bigint,
        failure_kind character varying(32) COLLATE "C",
        failure_reason character varying(4000) COLLATE "C",
        failure_standard_error text COLLATE "C",
        usage_bytes_in bigint,
        usage_bytes_out bigint,
        usage_cpu_time bigint,
        usage_peak_memory bigint,
        CONSTRAINT "PK_jobs" PRIMARY KEY (id)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE TABLE process_revisions (
        id uuid NOT NULL,
        process_id character varying(128) COLLATE "C" NOT NULL,
        number integer NOT NULL,
        description text COLLATE "C" NOT NULL,
        unit text COLLATE "C" NOT NULL,
        package text COLLATE "C" NOT NULL,
        created timestamp(6) with time zone NOT NULL,
        CONSTRAINT "PK_process_revisions" PRIMARY KEY (id)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE TABLE execution_keys (
        owner character varying(256) COLLATE "C" NOT NULL,
        key character varying(255) COLLATE "C" NOT NULL,
        fingerprint character varying(64) COLLATE "C" NOT NULL,
        job_id uuid NOT NULL,
        expires timestamp(6) with time zone NOT NULL,
        CONSTRAINT "PK_execution_keys" PRIMARY KEY (owner, key),
        CONSTRAINT "FK_execution_keys_jobs_job_id" FOREIGN KEY (job_id) REFERENCES jobs (id) ON DELETE CASCADE
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE TABLE job_callbacks (
        job_id uuid NOT NULL,
        kind character varying(16) COLLATE "C" NOT NULL,
        event_id uuid NOT NULL,
        raised timestamp(6) with time zone NOT NULL,
        status character varying(16) COLLATE "C" NOT NULL,
        attempts integer NOT NULL,
        due timestamp(6) with time zone,
        lease_until timestamp(6) with time zone,
        raised_again boolean NOT NULL,
        log text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        CONSTRAINT "PK_job_callbacks" PRIMARY KEY (job_id, kind),
        CONSTRAINT "FK_job_callbacks_jobs_job_id" FOREIGN KEY (job_id) REFERENCES jobs (id) ON DELETE CASCADE
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE TABLE job_outputs (
        job_id uuid NOT NULL,
        ordinal integer NOT NULL,
        output_id character varying(1000) COLLATE "C" NOT NULL,
        index integer NOT NULL,
        media_type character varying(256) COLLATE "C" NOT NULL,
        value text COLLATE "C",
        file_key character varying(1000) COLLATE "C",
        file_name character varying(256) COLLATE "C",
        file_length bigint,
        file_sha256 character varying(64) COLLATE "C",
        CONSTRAINT "PK_job_outputs" PRIMARY KEY (job_id, ordinal),
        CONSTRAINT "FK_job_outputs_jobs_job_id" FOREIGN KEY (job_id) REFERENCES jobs (id) ON DELETE CASCADE
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE TABLE job_requests (
        job_id uuid NOT NULL,
        request text COLLATE "C" NOT NULL,
        CONSTRAINT "PK_job_requests" PRIMARY KEY (job_id),
        CONSTRAINT "FK_job_requests_jobs_job_id" FOREIGN KEY (job_id) REFERENCES jobs (id) ON DELETE CASCADE
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE TABLE processes (
        id character varying(128) COLLATE "C" NOT NULL,
        revision_id uuid NOT NULL,
        owner character varying(256) COLLATE "C" NOT NULL,
        mutable boolean NOT NULL,
        image character varying(16) COLLATE "C" NOT NULL,
        image_message character varying(2000) COLLATE "C",
        created timestamp(6) with time zone NOT NULL,
        updated timestamp(6) with time zone NOT NULL,
        version integer NOT NULL,
        CONSTRAINT "PK_processes" PRIMARY KEY (id),
        CONSTRAINT "FK_processes_process_revisions_revision_id" FOREIGN KEY (revision_id) REFERENCES process_revisions (id) ON DELETE RESTRICT
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX "IX_execution_keys_job_id" ON execution_keys (job_id);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_execution_keys_expires ON execution_keys (expires);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_expired_jobs_at ON expired_jobs (files_removed, at);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_job_callbacks_due ON job_callbacks (due) WHERE due IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_jobs_created ON jobs (created, id);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_jobs_expires ON jobs (expires, finished, pinned) WHERE finished IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_jobs_fingerprint ON jobs (fingerprint, status, created, id) WHERE fingerprint IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_jobs_process ON jobs (process_id, created, id);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_jobs_process_status ON jobs (process_id, status, created, id, duration);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_jobs_status ON jobs (status, created, id, process_id, duration);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE INDEX ix_jobs_stored ON jobs (finished, stored_bytes, pinned) WHERE stored_bytes > 0;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    CREATE UNIQUE INDEX "IX_processes_revision_id" ON processes (revision_id);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123053254_Initial') THEN
    INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
    VALUES ('20261123053254_Initial', '10.0.14');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123063628_ManyJobs') THEN
    DROP INDEX ix_jobs_created;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123063628_ManyJobs') THEN
    DROP INDEX ix_jobs_fingerprint;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123063628_ManyJobs') THEN
    CREATE INDEX ix_jobs_created ON jobs (created, id) WHERE version >= 0;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123063628_ManyJobs') THEN
    CREATE INDEX ix_jobs_duration ON jobs (status, duration, created, id) WHERE duration IS NOT NULL AND version >= 0;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123063628_ManyJobs') THEN
    CREATE INDEX ix_jobs_fingerprint ON jobs (fingerprint, status, finished, id) WHERE fingerprint IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123063628_ManyJobs') THEN
    CREATE INDEX ix_jobs_owner ON jobs (owner, status, created, id, duration);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123063628_ManyJobs') THEN
    CREATE INDEX ix_jobs_owner_process ON jobs (owner, process_id, status, created, id, duration);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123063628_ManyJobs') THEN
    CREATE INDEX ix_jobs_process_duration ON jobs (process_id, status, duration, created, id) WHERE duration IS NOT NULL AND attempt >= 0;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123063628_ManyJobs') THEN
    INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
    VALUES ('20261123063628_ManyJobs', '10.0.14');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123154634_OwnersOfExpiredJobs') THEN
    ALTER TABLE expired_jobs ADD owner character varying(256) COLLATE "C" NOT NULL DEFAULT '';
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123154634_OwnersOfExpiredJobs') THEN
    ALTER TABLE expired_jobs ADD process_id character varying(128) COLLATE "C";
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123154634_OwnersOfExpiredJobs') THEN
    INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
    VALUES ('20261123154634_OwnersOfExpiredJobs', '10.0.14');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123160827_ResultLinkKeys') THEN
    CREATE TABLE result_link_keys (
        number integer NOT NULL,
        secret character varying(64) COLLATE "C" NOT NULL,
        created timestamp(6) with time zone NOT NULL,
        CONSTRAINT "PK_result_link_keys" PRIMARY KEY (number)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123160827_ResultLinkKeys') THEN
    INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
    VALUES ('20261123160827_ResultLinkKeys', '10.0.14');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123164133_ProcessAccess') THEN
    ALTER TABLE processes ADD access text COLLATE "C" NOT NULL DEFAULT '{}';
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123164133_ProcessAccess') THEN
    CREATE TABLE process_viewers (
        viewer character varying(262) COLLATE "C" NOT NULL,
        process_id character varying(128) COLLATE "C" NOT NULL,
        CONSTRAINT "PK_process_viewers" PRIMARY KEY (viewer, process_id),
        CONSTRAINT "FK_process_viewers_processes_process_id" FOREIGN KEY (process_id) REFERENCES processes (id) ON DELETE CASCADE
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123164133_ProcessAccess') THEN
    CREATE INDEX "IX_process_viewers_process_id" ON process_viewers (process_id);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123164133_ProcessAccess') THEN
    UPDATE "processes" SET "access" = '{"visibility":"public"}' WHERE "mutable" = FALSE;
    INSERT INTO "process_viewers" ("viewer", "process_id") SELECT 'user:' || "owner", "id" FROM "processes";
    INSERT INTO "process_viewers" ("viewer", "process_id") SELECT '*', "id" FROM "processes" WHERE "mutable" = FALSE;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123164133_ProcessAccess') THEN
    INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
    VALUES ('20261123164133_ProcessAccess', '10.0.14');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123171628_ApiKeys') THEN
    CREATE TABLE api_keys (
        id character varying(32) COLLATE "C" NOT NULL,
        name character varying(200) COLLATE "C",
        owner character varying(256) COLLATE "C" NOT NULL,
        role character varying(16) COLLATE "C" NOT NULL,
        groups text COLLATE "C" NOT NULL,
        processes text COLLATE "C",
        digest character varying(64) COLLATE "C" NOT NULL,
        created timestamp(6) with time zone NOT NULL,
        expires timestamp(6) with time zone NOT NULL,
        revoked timestamp(6) with time zone,
        last_used timestamp(6) with time zone,
        CONSTRAINT "PK_api_keys" PRIMARY KEY (id)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123171628_ApiKeys') THEN
    INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
    VALUES ('20261123171628_ApiKeys', '10.0.14');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123172500_TurnsAndQuotas') THEN
    CREATE TABLE owner_cpu (
        owner character varying(256) COLLATE "C" NOT NULL,
        day date NOT NULL,
        microseconds bigint NOT NULL,
        CONSTRAINT "PK_owner_cpu" PRIMARY KEY (owner, day)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123172500_TurnsAndQuotas') THEN
    CREATE INDEX ix_jobs_owner_stored ON jobs (owner, stored_bytes) WHERE stored_bytes > 0;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123172500_TurnsAndQuotas') THEN
    CREATE INDEX ix_jobs_waiting ON jobs (status, owner, created, id, process_id) WHERE status = 'accepted';
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123172500_TurnsAndQuotas') THEN
    INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
    VALUES ('20261123172500_TurnsAndQuotas', '10.0.14');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123173105_AuditTrail') THEN
    CREATE TABLE audit_events (
        id character varying(32) COLLATE "C" NOT NULL,
        at timestamp(6) with time zone NOT NULL,
        caller character varying(256) COLLATE "C" NOT NULL,
        means character varying(128) COLLATE "C" NOT NULL,
        action character varying(64) COLLATE "C" NOT NULL,
        subject character varying(256) COLLATE "C",
        process character varying(128) COLLATE "C",
        outcome character varying(16) COLLATE "C" NOT NULL,
        reason character varying(1000) COLLATE "C",
        address character varying(64) COLLATE "C",
        request_id character varying(256) COLLATE "C",
        user_agent character varying(256) COLLATE "C",
        count integer NOT NULL,
        CONSTRAINT "PK_audit_events" PRIMARY KEY (id)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123173105_AuditTrail') THEN
    CREATE INDEX ix_audit_events_action ON audit_events (action, id);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123173105_AuditTrail') THEN
    CREATE INDEX ix_audit_events_caller ON audit_events (caller, id);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123173105_AuditTrail') THEN
    CREATE INDEX ix_audit_events_subject ON audit_events (subject, id);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123173105_AuditTrail') THEN
    CREATE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $refuse$ BEGIN RAISE EXCEPTION 'audit_events is append-only'; END $refuse$;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123173105_AuditTrail') THEN
    CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_append_only();
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123173105_AuditTrail') THEN
    INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
    VALUES ('20261123173105_AuditTrail', '10.0.14');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123175517_ProtectionKeys') THEN
    CREATE TABLE protection_keys (
        number integer NOT NULL,
        content text COLLATE "C" NOT NULL,
        CONSTRAINT "PK_protection_keys" PRIMARY KEY (number)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM "__EFMigrationsHistory" WHERE "MigrationId" = '20261123175517_ProtectionKeys') THEN
    INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
    VALUES ('20261123175517_ProtectionKeys', '10.0.14');
    END IF;
END $EF$;
COMMIT;
