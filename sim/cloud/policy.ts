// What the cloud's one user may do: everything, but what is denied here (IAM User Guide, "Policy evaluation logic").

/** An action as policies name it: "s3:ListBucket", "kms:GenerateDataKey", "iot:AssumeRoleWithCertificate". */
export type Action = `${"s3" | "kms" | "iot"}:${string}`;

export class Policy {
  /** Whether a refusal tells the action and the resource, as AWS does within one account, or only "Access Denied". */
  explains = false;
  private readonly denied: { action: Action; key: string | undefined }[] = [];

  constructor(private readonly account: string) {}

  /** From now on refused with AccessDenied; with `key` only for this object or role alias. */
  deny(action: Action, key?: string): void {
    this.denied.push({ action, key });
  }

  /** Takes back every denial of one action, or all of them. */
  allow(action?: Action): void {
    const kept = action === undefined ? [] : this.denied.filter((one) => one.action !== action);
    this.denied.splice(0, Infinity, ...kept);
  }

  denies(action: Action, key?: string): boolean {
    return this.denied.some((one) => one.action === action && (one.key === undefined || one.key === key));
  }

  /** Text of a refusal that tells what was not allowed. */
  reason(action: Action, resource: string): string {
    return `User: arn:aws:iam::${this.account}:user/device is not authorized to perform: ${action} on resource: "${resource}" because no identity-based policy allows the ${action} action`;
  }
}
