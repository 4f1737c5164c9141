// Jobs and their executions on things (AWS IoT developer guide, "Jobs device MQTT API operations"; botocore iot-jobs-data).
import { isObject, type Json, type JsonObject } from "./shadow-document";

export type JobStatus = "QUEUED" | "IN_PROGRESS" | "SUCCEEDED" | "FAILED" | "REJECTED" | "TIMED_OUT" | "CANCELED" | "REMOVED";

export interface JobExecution {
  jobId: string;
  thingName: string;
  status: JobStatus;
  statusDetails: Record<string, string> | undefined;
  /** Seconds since 1970, here and below. */
  queuedAt: number;
  startedAt: number | undefined;
  lastUpdatedAt: number;
  versionNumber: number;
  executionNumber: number;
  /** Made anew at every delivery if it is a function: presigned URLs run out. */
  document: Json | (() => Json);
}

/** A request the service does not do. */
export class JobError extends Error {
  constructor(readonly code: "InvalidTopic" | "InvalidJson" | "InvalidRequest" | "InvalidStateTransition" | "ResourceNotFound" | "VersionMismatch" | "InternalError" | "RequestThrottled" | "TerminalStateReached", message: string, readonly state?: JsonObject) {
    super(message);
  }
}

export type JobListener = (thing: string, kind: "notify" | "notify-next", message: JsonObject) => void;

const BY_DEVICE: JobStatus[] = ["IN_PROGRESS", "SUCCEEDED", "FAILED", "REJECTED"];
const LARGEST_DOCUMENT = 32_768;

export class Jobs {
  onChange: JobListener = () => {};
  /** Answers come so many milliseconds after the notifications of what the request changed, if it is set: AWS promises no order. */
  answersAfter = 0;
  private readonly executions: JobExecution[] = [];
  private readonly failures: JobError[] = [];

  /** @param now milliseconds since 1970 */
  constructor(private readonly now: () => number) {}

  /** The next requests are refused with "InternalError", "RequestThrottled" or another code, one each. */
  next(...codes: JobError["code"][]): void {
    this.failures.push(...codes.map((code) => new JobError(code, code)));
  }

  /** A new job for one thing, last in its queue. */
  create(thing: string, jobId: string, document: JobExecution["document"]): void {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(jobId)) throw new Error(`AWS takes no job id ${jobId}.`);
    if (JSON.stringify(valueOf(document)).length > LARGEST_DOCUMENT) throw new Error("AWS takes no job document over 32 KB.");
    if (this.execution(thing, jobId) !== undefined) throw new Error(`There is a job ${jobId}.`);
    const now = this.timestamp();
    this.changing(thing, () => {
      this.executions.push({
        jobId, thingName: thing, status: "QUEUED", statusDetails: undefined, queuedAt: now, startedAt: undefined, lastUpdatedAt: now,
        versionNumber: 1, executionNumber: 1, document,
      });
    });
  }

  /** An execution as it is now. */
  execution(thing: string, jobId: string): JobExecution | undefined {
    return this.executions.find((one) => one.thingName === thing && one.jobId === jobId);
  }

  /** The cloud ends a job: canceled, timed out or removed. */
  end(thing: string, jobId: string, status: "CANCELED" | "TIMED_OUT" | "REMOVED" = "CANCELED"): void {
    const execution = this.execution(thing, jobId);
    if (execution === undefined) throw new Error(`There is no job ${jobId}.`);
    this.changing(thing, () => this.change(execution, status, undefined));
  }

  /** Answers a request. @param operation "get", "start-next", "JOBID/get", "$next/get", "JOBID/update" */
  request(thing: string, operation: string, payload: Buffer): JsonObject {
    const request = readRequest(payload);
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const [, jobId = "", verb] = /^([a-zA-Z0-9_-]{1,64}|\$next)\/(get|update)$/.exec(operation) ?? [];
    if (operation === "get") return this.pendingLists(thing);
    if (operation === "start-next") return this.startNext(thing, request);
    if (verb === "get") return this.describe(thing, jobId, request);
    if (verb === "update" && jobId !== "$next") return this.update(thing, jobId, request);
    throw new JobError("InvalidTopic", "The topic is of no operation of the service");
  }

  private pendingLists(thing: string): JsonObject {
    return { inProgressJobs: this.pending(thing, "IN_PROGRESS").map(summary), queuedJobs: this.pending(thing, "QUEUED").map(summary) };
  }

  private startNext(thing: string, request: JsonObject): JsonObject {
    const details = readDetails(request);
    const next = this.nextOf(thing);
    if (next === undefined) return {};
    if (next.status === "QUEUED") this.changing(thing, () => this.change(next, "IN_PROGRESS", details));
    return { execution: full(next, true) };
  }

  private describe(thing: string, jobId: string, { executionNumber, includeJobDocument }: JsonObject): JsonObject {
    const execution = jobId === "$next" ? this.nextOf(thing) : this.demand(thing, jobId, executionNumber);
    if (execution === undefined) return {};
    if (isTerminal(execution)) throw new JobError("TerminalStateReached", `The execution is ${execution.status}`);
    return { execution: full(execution, includeJobDocument !== false) };
  }

  private update(thing: string, jobId: string, request: JsonObject): JsonObject {
    const { status, expectedVersion, executionNumber, includeJobExecutionState, includeJobDocument } = request;
    const details = readDetails(request);
    if (!BY_DEVICE.includes(status as JobStatus)) throw new JobError("InvalidRequest", `Invalid status: ${String(status)}`);
    const execution = this.demand(thing, jobId, executionNumber);
    if (expectedVersion !== undefined && Number(expectedVersion) !== execution.versionNumber) {
      throw new JobError("VersionMismatch", "The expected version does not match the version of the execution", state(execution));
    }
    if (isTerminal(execution)) throw new JobError("InvalidStateTransition", `The execution is ${execution.status}`, state(execution));
    this.changing(thing, () => this.change(execution, status as JobStatus, details));
    return {
      ...(includeJobExecutionState === true && { executionState: state(execution) }),
      ...(includeJobDocument === true && { jobDocument: valueOf(execution.document) }),
    };
  }

  private change(execution: JobExecution, status: JobStatus, details: Record<string, string> | undefined): void {
    execution.status = status;
    execution.lastUpdatedAt = this.timestamp();
    execution.startedAt ??= status === "IN_PROGRESS" ? execution.lastUpdatedAt : undefined;
    execution.statusDetails = details ?? execution.statusDetails;
    execution.versionNumber++;
  }

  /** Does something, and tells the thing if its list or the next of it is another then. */
  private changing(thing: string, work: () => void): void {
    const list = () => [...this.pending(thing, "IN_PROGRESS"), ...this.pending(thing, "QUEUED")].map((one) => one.jobId).sort().join();
    const [before, next] = [list(), this.nextOf(thing)];
    work();
    if (list() !== before) {
      const jobs: JsonObject = {};
      for (const status of ["IN_PROGRESS", "QUEUED"] as const) if (this.pending(thing, status).length > 0) jobs[status] = this.pending(thing, status).map(summary);
      this.onChange(thing, "notify", { jobs, timestamp: this.timestamp() });
    }
    const now = this.nextOf(thing);
    if (now !== next) this.onChange(thing, "notify-next", { execution: now === undefined ? {} : full(now, true), timestamp: this.timestamp() });
  }

  private pending(thing: string, status: JobStatus): JobExecution[] {
    return this.executions.filter((one) => one.thingName === thing && one.status === status);
  }

  /** What is in progress first, then what was queued first. */
  private nextOf(thing: string): JobExecution | undefined {
    return [...this.pending(thing, "IN_PROGRESS"), ...this.pending(thing, "QUEUED")][0];
  }

  private demand(thing: string, jobId: string, executionNumber: Json | undefined): JobExecution {
    const found = this.execution(thing, jobId);
    if (found === undefined || Number(executionNumber ?? 1) !== found.executionNumber) throw new JobError("ResourceNotFound", `There is no execution of job ${jobId}`);
    return found;
  }

  private timestamp(): number {
    return Math.floor(this.now() / 1000);
  }
}

/** Reads a request to the job service; an empty one is an object without members. */
export function readRequest(payload: Buffer): JsonObject {
  let request: Json;
  try {
    request = payload.length === 0 ? {} : (JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)) as Json);
  } catch {
    throw new JobError("InvalidJson", "The request is not valid JSON");
  }
  if (!isObject(request)) throw new JobError("InvalidRequest", "The request is not an object");
  const token = request["clientToken"];
  if (token !== undefined && (typeof token !== "string" || !/^[a-zA-Z0-9_-]{1,64}$/.test(token))) throw new JobError("InvalidRequest", "Invalid clientToken");
  return request;
}

/** At most 10 pairs of texts. */
function readDetails({ statusDetails }: JsonObject): Record<string, string> | undefined {
  if (statusDetails === undefined || statusDetails === null) return undefined;
  const isText = (text: Json, longest: number) => typeof text === "string" && text.length >= 1 && text.length <= longest;
  const good = isObject(statusDetails) && Object.keys(statusDetails).length <= 10 && Object.entries(statusDetails).every(([name, value]) => isText(name, 128) && isText(value, 1024));
  if (!good) throw new JobError("InvalidRequest", "Invalid statusDetails");
  return statusDetails as Record<string, string>;
}

function isTerminal({ status }: JobExecution): boolean {
  return status !== "QUEUED" && status !== "IN_PROGRESS";
}

function valueOf(document: JobExecution["document"]): Json {
  return typeof document === "function" ? document() : document;
}

function state({ status, statusDetails, versionNumber }: JobExecution): JsonObject {
  return { status, ...(statusDetails && { statusDetails }), versionNumber };
}

function times({ queuedAt, startedAt, lastUpdatedAt }: JobExecution): JsonObject {
  return { queuedAt, ...(startedAt !== undefined && { startedAt }), lastUpdatedAt };
}

function summary(execution: JobExecution): JsonObject {
  const { jobId, versionNumber, executionNumber } = execution;
  return { jobId, ...times(execution), versionNumber, executionNumber };
}

function full(execution: JobExecution, withDocument: boolean): JsonObject {
  const { jobId, thingName, executionNumber, document } = execution;
  return { jobId, thingName, ...(withDocument && { jobDocument: valueOf(document) }), ...state(execution), ...times(execution), executionNumber };
}
