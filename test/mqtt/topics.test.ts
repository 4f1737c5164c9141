// Topic names and filters.
import assert from "node:assert/strict";
import { nameFault, topicFault, topicMatches } from "../../src/mqtt/topics";
import { describeVectors } from "../host/vectors";
import { bytesOf } from "./packets";

describe("MQTT topics", () => {
  const matches: [string, string, boolean][] = [
    ["sport/tennis/player1/#", "sport/tennis/player1", true], ["sport/#", "sport", true], ["sport/#", "sports", false], ["#", "a/b", true], ["#", "/", true],
    ["#", "$SYS/x", false], ["+/monitor", "$SYS/monitor", false], ["$SYS/#", "$SYS/monitor", true], ["$SYS/+", "$SYS/monitor", true], ["a/$b", "a/$b", true], ["a/+", "a/$b", true],
    ["sport/+", "sport", false], ["sport/+", "sport/", true], ["+/+", "/finance", true], ["/+", "/finance", true], ["+", "/finance", false], ["+", "", true],
    ["a/b", "a/b", true], ["a/b", "A/b", false], ["a//b", "a/b", false], ["a/+/b", "a//b", true], ["a/", "a", false], ["a", "a/", false], ["a/b", "a/b/c", false], ["a/b/c", "a/b", false],
    ["+/b/#", "a/b", true], ["+/b/#", "a/b/c/d", true], ["a/+/+/#", "a/b", false], ["\xc3\xa4/+", "\xc3\xa4/x", true], ["e\xcc\x81", "\xc3\xa9", false],
  ];
  for (const [filter, topic, match] of matches) it(`${filter} ${match ? "takes" : "does not take"} ${topic}`, () => assert.equal(topicMatches(filter, topic), match));

  const deep = "a/b/c/d/e/f/g/h";
  const faults: [string, boolean, string][] = [
    ["a", false, ""], ["/", false, ""], ["a b/c", false, ""], ["$aws/things/t/shadow/name/s/update/accepted", false, ""], ["\xef\xbb\xbfa", false, ""],
    ["", false, "empty"], ["", true, "empty"], ["a/+", false, "wildcard"], ["a#", false, "wildcard"], ["a\0b", false, "0000"], ["\xc3(", false, "UTF-8"],
    ["+", true, ""], ["#", true, ""], ["+/tennis/#", true, ""], ["/", true, ""], ["$aws/things/+/shadow/#", true, ""],
    ["sport/tennis#", true, "fill"], ["sport+", true, "fill"], ["+a/b", true, "fill"], ["##", true, "fill"], ["a/#/b", true, "after #"], ["#/", true, "after #"], ["a\0b", true, "0000"],
    [deep, false, ""], [deep + "/i", false, "7 slashes"], [deep + "/#", true, "7 slashes"], ["$aws/rules/rule/" + deep, false, ""], ["$aws/rules/rule/" + deep + "/i", false, "7 slashes"],
    ["a".repeat(256), false, ""], ["a".repeat(257), false, "256 bytes"], ["\xc3\xa4".repeat(129), false, "256 bytes"], ["$aws/rules/rule/" + "a".repeat(256), false, ""],
  ];
  for (const [name, filter, fault] of faults) {
    it(`${filter ? "filter" : "topic"} ${name.slice(0, 60)}: ${fault || "good"}`, () => {
      if (fault) assert.match(topicFault(name, filter), new RegExp(fault));
      else assert.equal(topicFault(name, filter), "");
    });
  }
});

describeVectors("MQTT topics of the vectors", "mqtt311-packets", (vectors) => {
  for (const { filter, topic, match } of vectors.topicMatch) it(`${filter} and ${topic}: ${match}`, () => assert.equal(topicMatches(bytesOf(filter), bytesOf(topic)), match));
  for (const { filter, valid } of vectors.topicFilterValid) it(`${JSON.stringify(filter)} is ${valid ? "good" : "none"}`, () => assert.equal(nameFault(bytesOf(filter), true) === "", valid));
});
