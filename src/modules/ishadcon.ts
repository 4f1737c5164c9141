// A change of a shadow after a version conflict.
export { changeOf } from "../iot/shadowConflict";
