// What is unfinished, and the end of an upload in parts that is sent in one piece instead: loaded between transfers.
export { beforePut, isLocal, nextJob } from "../device/todo";
