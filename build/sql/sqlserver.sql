-- Tables of OgcProcesses in SQL Server: makes them, or changes those of any earlier version. Run again, it changes nothing.
-- sqlcmd -b -d DATABASE -i FILE    (-b: the first error ends it)
-- Filtered indexes need this setting, which sqlcmd leaves off.
SET QUOTED_IDENTIFIER ON;
GO

IF OBJECT_ID(N'[__EFMigrationsHistory]') IS NULL
BEGIN
    CREATE TABLE [__EFMigrationsHistory] (
        [MigrationId] nvarchar(150) NOT NULL,
        [ProductVersion] nvarchar(32) NOT NULL,
        CONSTRAINT [PK___EFMigrationsHistory] PRIMARY KEY ([MigrationId])
    );
END;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE TABLE [jobs] (
        [id] uniqueidentifier NOT NULL,
        [process_id] varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [revision_id] uniqueidentifier NOT NULL,
        [owner] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [status] varchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [message] nvarchar(2000) COLLATE Latin1_General_100_BIN2 NULL,
        [progress] int NOT NULL,
        [created] datetime2(6) NOT NULL,
        [started] datetime2(6) NULL,
        [finished] datetime2(6) NULL,
        [updated] datetime2(6) NOT NULL,
        [attempt] int NOT NULL,
        [node] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
        [lease_until] datetime2(6) NULL,
        [image_digest] nvarchar(512) COLLATE Latin1_General_100_BIN2 NULL,
        [version] int NOT NULL,
        [failure_exit_code] bigint NULL,
        [failure_kind] varchar(32) COLLATE Latin1_General_100_BIN2 NULL,
        [failure_reason] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
        [failure_standard_error] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
        CONSTRAINT [PK_jobs] PRIMARY KEY NONCLUSTERED ([id])
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE TABLE [process_revisions] (
        [id] uniqueidentifier NOT NULL,
        [process_id] varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [number] int NOT NULL,
        [description] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [unit] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [package] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [created] datetime2(6) NOT NULL,
        CONSTRAINT [PK_process_revisions] PRIMARY KEY ([id])
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE TABLE [job_outputs] (
        [job_id] uniqueidentifier NOT NULL,
        [ordinal] int NOT NULL,
        [output_id] nvarchar(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [index] int NOT NULL,
        [media_type] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [value] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
        [file_key] nvarchar(1000) COLLATE Latin1_General_100_BIN2 NULL,
        [file_name] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
        [file_length] bigint NULL,
        [file_sha256] varchar(64) COLLATE Latin1_General_100_BIN2 NULL,
        CONSTRAINT [PK_job_outputs] PRIMARY KEY ([job_id], [ordinal]),
        CONSTRAINT [FK_job_outputs_jobs_job_id] FOREIGN KEY ([job_id]) REFERENCES [jobs] ([id]) ON DELETE CASCADE
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE TABLE [job_requests] (
        [job_id] uniqueidentifier NOT NULL,
        [request] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
        CONSTRAINT [PK_job_requests] PRIMARY KEY ([job_id]),
        CONSTRAINT [FK_job_requests_jobs_job_id] FOREIGN KEY ([job_id]) REFERENCES [jobs] ([id]) ON DELETE CASCADE
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE TABLE [processes] (
        [id] varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [revision_id] uniqueidentifier NOT NULL,
        [owner] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [mutable] bit NOT NULL,
        [image] varchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [image_message] nvarchar(2000) COLLATE Latin1_General_100_BIN2 NULL,
        [created] datetime2(6) NOT NULL,
        [updated] datetime2(6) NOT NULL,
        [version] int NOT NULL,
        CONSTRAINT [PK_processes] PRIMARY KEY ([id]),
        CONSTRAINT [FK_processes_process_revisions_revision_id] FOREIGN KEY ([revision_id]) REFERENCES [process_revisions] ([id]) ON DELETE NO ACTION
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE CLUSTERED INDEX [ix_jobs_created] ON [jobs] ([created], [id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE INDEX [ix_jobs_process] ON [jobs] ([process_id], [created], [id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE INDEX [ix_jobs_process_status] ON [jobs] ([process_id], [status], [created], [id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE INDEX [ix_jobs_status] ON [jobs] ([status], [created], [id], [process_id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    CREATE UNIQUE INDEX [IX_processes_revision_id] ON [processes] ([revision_id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122201228_Initial'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261122201228_Initial', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122224131_JobDuration'
)
BEGIN
    DROP INDEX [ix_jobs_process_status] ON [jobs];
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122224131_JobDuration'
)
BEGIN
    DROP INDEX [ix_jobs_status] ON [jobs];
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122224131_JobDuration'
)
BEGIN
    ALTER TABLE [jobs] ADD [duration] bigint NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122224131_JobDuration'
)
BEGIN
    EXEC(N'UPDATE [jobs] SET [duration] = DATEDIFF_BIG(microsecond, [started], [finished]) WHERE [started] IS NOT NULL AND [finished] IS NOT NULL')
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122224131_JobDuration'
)
BEGIN
    CREATE INDEX [ix_jobs_process_status] ON [jobs] ([process_id], [status], [created], [id], [duration]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122224131_JobDuration'
)
BEGIN
    CREATE INDEX [ix_jobs_status] ON [jobs] ([status], [created], [id], [process_id], [duration]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122224131_JobDuration'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261122224131_JobDuration', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122230201_Callbacks'
)
BEGIN
    CREATE TABLE [job_callbacks] (
        [job_id] uniqueidentifier NOT NULL,
        [kind] varchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [event_id] uniqueidentifier NOT NULL,
        [raised] datetime2(6) NOT NULL,
        [status] varchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [attempts] int NOT NULL,
        [due] datetime2(6) NULL,
        [lease_until] datetime2(6) NULL,
        [raised_again] bit NOT NULL,
        [log] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [version] int NOT NULL,
        CONSTRAINT [PK_job_callbacks] PRIMARY KEY ([job_id], [kind]),
        CONSTRAINT [FK_job_callbacks_jobs_job_id] FOREIGN KEY ([job_id]) REFERENCES [jobs] ([id]) ON DELETE CASCADE
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122230201_Callbacks'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_job_callbacks_due] ON [job_callbacks] ([due]) WHERE due IS NOT NULL');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261122230201_Callbacks'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261122230201_Callbacks', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123015034_JobAttempts'
)
BEGIN
    ALTER TABLE [jobs] ADD [attempts] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL DEFAULT N'[]';
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123015034_JobAttempts'
)
BEGIN
    ALTER TABLE [jobs] ADD [not_before] datetime2(6) NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123015034_JobAttempts'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123015034_JobAttempts', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123020950_JobUsage'
)
BEGIN
    ALTER TABLE [jobs] ADD [usage_bytes_in] bigint NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123020950_JobUsage'
)
BEGIN
    ALTER TABLE [jobs] ADD [usage_bytes_out] bigint NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123020950_JobUsage'
)
BEGIN
    ALTER TABLE [jobs] ADD [usage_cpu_time] bigint NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123020950_JobUsage'
)
BEGIN
    ALTER TABLE [jobs] ADD [usage_peak_memory] bigint NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123020950_JobUsage'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123020950_JobUsage', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123022136_ExecutionKeys'
)
BEGIN
    CREATE TABLE [execution_keys] (
        [owner] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [key] varchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [fingerprint] varchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [job_id] uniqueidentifier NOT NULL,
        [expires] datetime2(6) NOT NULL,
        CONSTRAINT [PK_execution_keys] PRIMARY KEY ([owner], [key]),
        CONSTRAINT [FK_execution_keys_jobs_job_id] FOREIGN KEY ([job_id]) REFERENCES [jobs] ([id]) ON DELETE CASCADE
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123022136_ExecutionKeys'
)
BEGIN
    CREATE INDEX [IX_execution_keys_job_id] ON [execution_keys] ([job_id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123022136_ExecutionKeys'
)
BEGIN
    CREATE INDEX [ix_execution_keys_expires] ON [execution_keys] ([expires]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123022136_ExecutionKeys'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123022136_ExecutionKeys', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123024601_ResultReuse'
)
BEGIN
    ALTER TABLE [jobs] ADD [fingerprint] varchar(64) COLLATE Latin1_General_100_BIN2 NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123024601_ResultReuse'
)
BEGIN
    ALTER TABLE [jobs] ADD [reused_from] uniqueidentifier NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123024601_ResultReuse'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_jobs_fingerprint] ON [jobs] ([fingerprint], [status], [created], [id]) WHERE fingerprint IS NOT NULL');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123024601_ResultReuse'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123024601_ResultReuse', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    ALTER TABLE [jobs] ADD [expires] datetime2(6) NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    ALTER TABLE [jobs] ADD [keep_for] bigint NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    ALTER TABLE [jobs] ADD [pinned] bit NOT NULL DEFAULT CAST(0 AS bit);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    ALTER TABLE [jobs] ADD [stored_bytes] bigint NOT NULL DEFAULT CAST(0 AS bigint);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    CREATE TABLE [expired_jobs] (
        [job_id] uniqueidentifier NOT NULL,
        [at] datetime2(6) NOT NULL,
        [reason] nvarchar(500) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [files_removed] bit NOT NULL,
        CONSTRAINT [PK_expired_jobs] PRIMARY KEY ([job_id])
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    EXEC(N'UPDATE [jobs] SET [stored_bytes] =
        COALESCE((SELECT SUM([file_length]) FROM [job_outputs] WHERE [job_outputs].[job_id] = [jobs].[id]), 0)')
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_jobs_expires] ON [jobs] ([expires], [finished], [pinned]) WHERE finished IS NOT NULL');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_jobs_stored] ON [jobs] ([finished], [stored_bytes], [pinned]) WHERE stored_bytes > 0');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    CREATE INDEX [ix_expired_jobs_at] ON [expired_jobs] ([files_removed], [at]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123030743_Retention'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123030743_Retention', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123063537_ManyJobs'
)
BEGIN
    DROP INDEX [ix_jobs_fingerprint] ON [jobs];
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123063537_ManyJobs'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_jobs_duration] ON [jobs] ([status], [duration], [created], [id]) WHERE duration IS NOT NULL AND version >= 0');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123063537_ManyJobs'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_jobs_fingerprint] ON [jobs] ([fingerprint], [status], [finished], [id]) WHERE fingerprint IS NOT NULL');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123063537_ManyJobs'
)
BEGIN
    CREATE INDEX [ix_jobs_owner] ON [jobs] ([owner], [status], [created], [id], [duration]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123063537_ManyJobs'
)
BEGIN
    CREATE INDEX [ix_jobs_owner_process] ON [jobs] ([owner], [process_id], [status], [created], [id], [duration]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123063537_ManyJobs'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_jobs_process_duration] ON [jobs] ([process_id], [status], [duration], [created], [id]) WHERE duration IS NOT NULL AND attempt >= 0');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123063537_ManyJobs'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123063537_ManyJobs', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123154620_OwnersOfExpiredJobs'
)
BEGIN
    ALTER TABLE [expired_jobs] ADD [owner] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL DEFAULT N'';
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123154620_OwnersOfExpiredJobs'
)
BEGIN
    ALTER TABLE [expired_jobs] ADD [process_id] varchar(128) COLLATE Latin1_General_100_BIN2 NULL;
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123154620_OwnersOfExpiredJobs'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123154620_OwnersOfExpiredJobs', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123160813_ResultLinkKeys'
)
BEGIN
    CREATE TABLE [result_link_keys] (
        [number] int NOT NULL,
        [secret] varchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [created] datetime2(6) NOT NULL,
        CONSTRAINT [PK_result_link_keys] PRIMARY KEY ([number])
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123160813_ResultLinkKeys'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123160813_ResultLinkKeys', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123164040_ProcessAccess'
)
BEGIN
    ALTER TABLE [processes] ADD [access] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL DEFAULT N'{}';
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123164040_ProcessAccess'
)
BEGIN
    CREATE TABLE [process_viewers] (
        [viewer] nvarchar(262) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [process_id] varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        CONSTRAINT [PK_process_viewers] PRIMARY KEY ([viewer], [process_id]),
        CONSTRAINT [FK_process_viewers_processes_process_id] FOREIGN KEY ([process_id]) REFERENCES [processes] ([id]) ON DELETE CASCADE
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123164040_ProcessAccess'
)
BEGIN
    CREATE INDEX [IX_process_viewers_process_id] ON [process_viewers] ([process_id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123164040_ProcessAccess'
)
BEGIN
    EXEC(N'UPDATE [processes] SET [access] = N''{"visibility":"public"}'' WHERE [mutable] = 0;
        INSERT INTO [process_viewers] ([viewer], [process_id]) SELECT N''user:'' + [owner], [id] FROM [processes];
        INSERT INTO [process_viewers] ([viewer], [process_id]) SELECT N''*'', [id] FROM [processes] WHERE [mutable] = 0')
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123164040_ProcessAccess'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123164040_ProcessAccess', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123171622_ApiKeys'
)
BEGIN
    CREATE TABLE [api_keys] (
        [id] varchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [name] nvarchar(200) COLLATE Latin1_General_100_BIN2 NULL,
        [owner] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [role] varchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [groups] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [processes] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
        [digest] varchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [created] datetime2(6) NOT NULL,
        [expires] datetime2(6) NOT NULL,
        [revoked] datetime2(6) NULL,
        [last_used] datetime2(6) NULL,
        CONSTRAINT [PK_api_keys] PRIMARY KEY ([id])
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123171622_ApiKeys'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123171622_ApiKeys', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123172457_TurnsAndQuotas'
)
BEGIN
    CREATE TABLE [owner_cpu] (
        [owner] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [day] date NOT NULL,
        [microseconds] bigint NOT NULL,
        CONSTRAINT [PK_owner_cpu] PRIMARY KEY ([owner], [day])
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123172457_TurnsAndQuotas'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_jobs_owner_stored] ON [jobs] ([owner], [stored_bytes]) WHERE stored_bytes > 0');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123172457_TurnsAndQuotas'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_jobs_waiting] ON [jobs] ([status], [owner], [created], [id], [process_id]) WHERE status = ''accepted''');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123172457_TurnsAndQuotas'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123172457_TurnsAndQuotas', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123173103_AuditTrail'
)
BEGIN
    CREATE TABLE [audit_events] (
        [id] varchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [at] datetime2(6) NOT NULL,
        [caller] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [means] nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [action] varchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [subject] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
        [process] varchar(128) COLLATE Latin1_General_100_BIN2 NULL,
        [outcome] varchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [reason] nvarchar(1000) COLLATE Latin1_General_100_BIN2 NULL,
        [address] varchar(64) COLLATE Latin1_General_100_BIN2 NULL,
        [request_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
        [user_agent] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
        [count] int NOT NULL,
        CONSTRAINT [PK_audit_events] PRIMARY KEY ([id])
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123173103_AuditTrail'
)
BEGIN
    CREATE INDEX [ix_audit_events_action] ON [audit_events] ([action], [id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123173103_AuditTrail'
)
BEGIN
    CREATE INDEX [ix_audit_events_caller] ON [audit_events] ([caller], [id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123173103_AuditTrail'
)
BEGIN
    CREATE INDEX [ix_audit_events_subject] ON [audit_events] ([subject], [id]);
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123173103_AuditTrail'
)
BEGIN
    EXEC(N'CREATE TRIGGER [audit_events_append_only] ON [audit_events] INSTEAD OF UPDATE, DELETE AS
        THROW 50000, N''audit_events is append-only'', 1;');
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123173103_AuditTrail'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123173103_AuditTrail', N'10.0.14');
END;

COMMIT;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123175515_ProtectionKeys'
)
BEGIN
    CREATE TABLE [protection_keys] (
        [number] int NOT NULL,
        [content] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
        CONSTRAINT [PK_protection_keys] PRIMARY KEY ([number])
    );
END;

IF NOT EXISTS (
    SELECT * FROM [__EFMigrationsHistory]
    WHERE [MigrationId] = N'20261123175515_ProtectionKeys'
)
BEGIN
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion])
    VALUES (N'20261123175515_ProtectionKeys', N'10.0.14');
END;

COMMIT;
GO
