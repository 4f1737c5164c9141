// CreateBucket and HeadBucket (S3 API reference, the operations of these names).
import { refusal } from "./errors";
import { bucketOf, type Operation } from "./operation";
import { Bucket } from "./store";

/** The location in the body is not read: this cloud has one region. */
export const createBucket: Operation = {
  name: "CreateBucket",
  body: "document",
  run: ({ request, buckets }) => {
    const name = request.bucket ?? "";
    if (buckets.has(name)) throw refusal.bucketAlreadyOwnedByYou(name);
    buckets.set(name, new Bucket());
    return { status: 200, headers: { Location: "/" + name } };
  },
};

export const headBucket: Operation = {
  name: "HeadBucket",
  body: "document",
  run: (context) => {
    bucketOf(context);
    return { status: 200, headers: { "x-amz-bucket-region": context.region, "Content-Type": "application/xml" } };
  },
};
