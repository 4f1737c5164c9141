// Reads the manifest of a verified download: loaded for a moment before it.
export { manifestOf } from "../device/manifest";
