// The manifest of a verified download: fetched and read before the download itself.
export { fetchManifest } from "../device/manifest";
