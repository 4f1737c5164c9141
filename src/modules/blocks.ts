// Checks a verified download block by block, while its bytes come.
export { arrived } from "../device/arrived";
export { blockCheck } from "../verify/blocks";
