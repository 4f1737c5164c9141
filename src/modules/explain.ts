// Why S3 refused: loaded after a transfer was refused, let go when its failure is explained.
export { explainFailure } from "../s3/explain/failure";
