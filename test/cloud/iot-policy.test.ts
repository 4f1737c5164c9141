// The policy of the device's certificate, as AWS IoT reads it.
import { deepEqual, equal, ok } from "node:assert/strict";
import { IotPolicy } from "../../sim/cloud/iot/policy";

describe("The local IoT reads its policy", () => {
  const newPolicy = () => new IotPolicy("eu-central-1", "111122223333");
  const arn = (resource: string) => `arn:aws:iot:eu-central-1:111122223333:${resource}`;
  const asker = { clientId: "board-17", thingName: "board-17" };
  const rows: [title: string, Action: string | string[], Resource: string | string[], asked: [any, string, object?], allowed: boolean][] = [
    ["an exact resource", "iot:Publish", arn("topic/a"), ["iot:Publish", "topic/a"], true],
    ["another resource", "iot:Publish", arn("topic/a"), ["iot:Publish", "topic/b"], false],
    ["another action", "iot:Publish", "*", ["iot:Subscribe", "topicfilter/a"], false],
    ["wildcards", "iot:*", arn("topic/a/*/c?"), ["iot:Publish", "topic/a/b/b/cd"], true],
    ["a dot, which is no wildcard", "iot:Publish", arn("topic/a.b"), ["iot:Publish", "topic/axb"], false],
    ["a filter by its own text", "iot:Subscribe", arn("topicfilter/a/#"), ["iot:Subscribe", "topicfilter/a/#"], true],
    ["a topic rule, not good for filters", "iot:Subscribe", arn("topic/a"), ["iot:Subscribe", "topicfilter/a"], false],
    ["lists", ["iot:Connect", "iot:Publish"], [arn("topic/x"), arn("topic/y")], ["iot:Publish", "topic/y"], true],
    ["the client's id", "iot:Publish", arn("topic/${iot:ClientId}/log"), ["iot:Publish", "topic/board-17/log"], true],
    ["another client's id", "iot:Publish", arn("topic/${iot:ClientId}/log"), ["iot:Publish", "topic/board-18/log"], false],
    ["the thing's name", "iot:Connect", arn("client/${iot:Connection.Thing.ThingName}"), ["iot:Connect", "client/board-17"], true],
    ["the thing's name with another client id", "iot:Publish", arn("topic/${iot:Connection.Thing.ThingName}"), ["iot:Publish", "topic/board-17", { ...asker, clientId: "x" }], false],
    ["a variable it does not know", "iot:Publish", "${iot:Unknown}*", ["iot:Publish", "topic/a"], false],
  ];
  for (const [title, Action, Resource, [action, resource, other], allowed] of rows) {
    it(`with ${title}`, () => {
      const policy = newPolicy();
      policy.document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] };
      equal(policy.allows(action, resource, (other as typeof asker | undefined) ?? asker), allowed);
    });
  }

  it("where a denial wins, and can be taken back", () => {
    const policy = newPolicy();
    policy.deny("iot:Publish", "topic/a*");
    deepEqual(["topic/ab", "topic/b"].map((topic) => policy.allows("iot:Publish", topic, asker)), [false, true]);
    policy.allow("iot:Connect");
    ok(!policy.allows("iot:Publish", "topic/ab", asker));
    policy.allow("iot:Publish");
    ok(policy.allows("iot:Publish", "topic/ab", asker));
  });
});
