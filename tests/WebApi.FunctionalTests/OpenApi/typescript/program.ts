// A client as openapi-fetch's users write it: all it knows of the server are the types that were generated from its definition.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

declare const process: { argv: string[] };

// Of the forms that an answer may have, it takes JSON.
const client = createClient<paths, "application/json">({ baseUrl: process.argv[2] });

function given<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

// The inputs are those of one process: what it does not take is no program.
// @ts-expect-error its count is a number
const wrong: paths["/processes/typescript/execution"]["post"]["requestBody"]["content"]["application/json"] = { inputs: { name: "Ada", count: "2" } };

const summaries = given(await client.GET("/processes", { params: { query: { limit: 1000 } } })).processes;
const title = summaries.find((summary) => summary.id === "typescript")?.title;

const request = { inputs: { name: "Ada", count: 2 } };
const done = await client.POST("/processes/typescript/execution", { body: request });
const results = given(done) as paths["/processes/typescript/execution"]["post"]["responses"][200]["content"]["application/json"];
const greeting: string | null | undefined = results.greeting;

const made = await client.POST("/processes/typescript/execution", { body: request, headers: { Prefer: "respond-async" } });
const jobId = made.response.headers.get("Location")!.split("/").at(-1)!;
const path = { params: { path: { jobId } } };
let job = given(await client.GET("/jobs/{jobId}", path));
while (job.status === "accepted" || job.status === "running") {
  await new Promise((passed) => setTimeout(passed, 50));
  job = given(await client.GET("/jobs/{jobId}", path));
}
const followed = given(await client.GET("/jobs/{jobId}/results", path));

const refused = await client.POST("/processes/typescript/execution", { body: { inputs: { name: "Ada", count: 1000 } } });
const pointers = refused.error && "errors" in refused.error ? refused.error.errors?.map((error) => error.pointer) : undefined;

console.log(JSON.stringify({ title, done: done.response.status, greeting, made: made.response.status, last: job.status, followed, refused: refused.response.status, pointers }));
