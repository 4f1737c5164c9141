// What is held in memory while a board works by itself. Short names, and what is not there takes no variable.

export interface Life {
  /** When this start began, in ticks. */
  from: number;
  /** True when it has lasted. */
  ok?: boolean;
  /** Safe mode: nothing is done. */
  safe?: boolean;
  /** The step that is going on, from 1; 0: none is. */
  step: number;
  /** When it began, in ticks. */
  at?: number;
  /** The command that is to be started for it; absent once it was, or where there is none. */
  next?: string | undefined;
  /** What that command is given. */
  opt?: { max: number };
  /** Logs of the next run, where the last one left some. */
  max?: number;
  /** The image that is on trial has reached S3 or AWS IoT. */
  seen?: boolean;
  /** How the step ended, until it is looked at. */
  out?: any;
  /** When each step is due, in ticks, from 1970 unless told; how often it failed since it last went well. */
  due: { [step: number]: number };
  bad: { [step: number]: number };
  /** The network was seen down. */
  off?: boolean;
  /** What wakes the work. */
  wake?: number | undefined;
  /** What looks whether a fault broke the step off. */
  sick?: number | undefined;
  /** What writes the faults to the record; true if it did before. */
  save?: number | undefined;
  kept?: boolean;
  /** Faults that are not in the record yet: exceptions, memory out, memory short, calls too deep; the last one. */
  exc?: number;
  mem?: number;
  low?: number;
  deep?: number;
  last?: string;
}

/** `device`: the commands that run by themselves are made when it is asked for. */
export type Commands = () => { [name: string]: (options?: { max: number }) => Promise<unknown> };
