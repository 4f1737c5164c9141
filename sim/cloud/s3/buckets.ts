// CreateBucket and HeadBucket (S3 API reference, the operations of these names).
import { refusal } from "./errors";
import { bucketOf, type Operation } from "./operation";
import { Bucket } from "./store";

/** The location in the body is not read: a bucket is made where the request was sent. */
export const createBucket: Operation = {
  name: "CreateBucket",
  action: "s3:CreateBucket",
  body: "document",
  run: ({ request, buckets, region, account }) => {
    const name = request.bucket ?? "";
    if (buckets.has(name)) throw refusal.bucketAlreadyOwnedByYou(name);
    buckets.set(name, new Bucket(region, account));
    return { status: 200, headers: { Location: "/" + name } };
  },
};

export const headBucket: Operation = {
  name: "HeadBucket",
  action: "s3:ListBucket",
  body: "document",
  run: (context) => {
    const { region } = bucketOf(context);
    return { status: 200, headers: { "x-amz-bucket-region": region, "Content-Type": "application/xml" } };
  },
};
