// The MQTT client on the real interpreter: from its module in flash, over mutual TLS, against aedes. What happens is written by a script in
// flash and read from its output: nothing may be typed while a TLS link is open (this build's console then loses its place).
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCertificates, type Certificates } from "../../sim/cloud/certificates";
import { imageRecords } from "../../sim/desk";
import { startAedes } from "../mqtt/brokers";
import { bootInterpreter, type Interpreter, interpreterProgram } from "./interpreter";

/** Finds the platform among the short names of the image; `modules.release` has one of those, too: it is the method that is not `load`. */
const SCRIPT = `
var P=(function(){for(var k in global){var v=global[k];if(k[0]=="$"&&v&&v.tls&&v.udp&&v.clock)return v;}})();
var R=Object.keys(P.modules).filter(function(k){return k!="load";})[0];
var M,S,L,ups=0,most=0,raw;
function mem(w){print("MEM "+w+" "+process.memory().usage);}
function load(){M=P.modules.load("iot").module;}
function unload(){L=M=undefined;P.modules[R]("iot");}
function conn(port){L=M.connectMqtt(P,S,{host:"127.0.0.1",port:port,keepAlive:60,clean:false,handshakeSeconds:60,whole:1000},{
 up:function(p){ups++;setTimeout(function(){print("UP "+ups+" "+p+" "+process.memory().usage);},20);},
 down:function(r){L=undefined;print("DOWN "+(r?r.code:"clean"));if(r&&ups<most)setTimeout(conn,10,port);}});}
function heard(t,p,i){print("GOT "+t+" "+p.length+" "+i.offset+" "+i.total+" q"+i.qos);}
function sub(f){L.subscribe(f,2,heard,function(f,g){print("SUB "+(f?f.code:g));});}
function pub(t,p,q){L.publish({topic:t,payload:p,qos:q},function(f){print("PUB "+q+" "+(f?f.code:"ok"));});}
function plain(port){mem("before");raw=require("tls").connect({host:"127.0.0.1",port:port,ca:require("Storage").read("ca.der"),cert:require("Storage").read("cert.der"),key:require("Storage").read("key.der")});
 raw.write("\\x10\\x0d\\0\\x04MQTT\\x04\\x02\\0\\0\\0\\x01r");raw.on("data",function(){setTimeout(function(){mem("raw");raw.end();raw=undefined;},50);});raw.on("close",function(){print("CLOSED");});}
function all(port){load();mem("loaded");S=M.createSession("thing");conn(port);
 setTimeout(function(){mem("connected");sub("a/#");
 setTimeout(function(){mem("subscribed");[0,1,2].forEach(function(q){pub("a/b","hello",q);});
 setTimeout(function(){pub("a/long",E.toString(new Uint8Array(3000)),1);
 setTimeout(function(){mem("after");L.disconnect();
 setTimeout(function(){unload();P.memory[Object.keys(P.memory)[1]]();mem("let go");print("THE"+" END");},500);},1500);},800);},500);},2500);}
function again(port,n){load();S=M.createSession("again");ups=0;most=n;conn(port);sub("again");}
`;

describe("MQTT on the real interpreter", function () {
  this.timeout(300000);
  let directory: string, certificates: Certificates;
  let broker: Awaited<ReturnType<typeof startAedes>>;
  let one: Interpreter;

  before(async function () {
    if (!interpreterProgram()) throw new Error("Set ESPRUINO to a Linux build of the interpreter: ESPRUINO=path npm run test:espruino");
    directory = mkdtempSync(join(tmpdir(), "mqtt-"));
    certificates = await openCertificates({ directory, hosts: [], now: Date.now() });
    broker = await startAedes(certificates);
    one = await bootInterpreter({
      storage: { "ca.der": certificates.ca.der, "cert.der": certificates.device.certificate.der, "key.der": certificates.device.key.der, script: SCRIPT, ...imageRecords() },
    });
    await one.evaluate('(eval(require("Storage").read("script")),0)');
  });
  after(async () => {
    await one?.stop();
    await broker?.stop();
    if (directory) rmSync(directory, { recursive: true, force: true });
  });

  const figures = (output: string): Record<string, number> => Object.fromEntries([...output.matchAll(/MEM (.*) (\d+)/g)].map(([, name, used]) => [name, Number(used)]));

  it("QoS 0, 1 and 2 both ways and a long payload, within 2,600 variables beside TLS", async () => {
    one.type(`plain(${broker.port})`);
    await one.waitFor(/CLOSED/, 20000);
    // A link's memory is given back a moment later.
    await new Promise((done) => setTimeout(done, 1000));
    const { before, raw } = figures(one.output);
    const from = one.output.length;
    one.type(`all(${broker.port})`);
    await one.waitFor(/THE END/, 60000, from);
    const said = one.output.slice(from);
    for (const line of ["UP 1 false", "SUB 2", "PUB 0 ok", "PUB 2 ok", "GOT a/b 5 0 5 q0", "GOT a/b 5 0 5 q1", "GOT a/b 5 0 5 q2", "DOWN clean"]) assert.equal(said.split(line).length, 2, line + " in " + said);
    const pieces = [...said.matchAll(/GOT a\/long (\d+) (\d+) 3000 q1/g)];
    assert.equal(pieces.reduce((sum, [, length, offset]) => (assert.equal(Number(offset), sum), sum + Number(length)), 0), 3000);
    const used = figures(said);
    const link = raw! - before!;
    console.log(`      variables: idle ${before}, a bare mutual TLS link ${link}, module loaded ${used["loaded"]}, connected ${used["connected"]! - link}, subscribed ${used["subscribed"]! - link}, let go ${used["let go"]} (without TLS)`);
    assert.ok(used["subscribed"]! - link <= 2600, JSON.stringify(used));
  });

  it("50 forced reconnects of one session without growth", async () => {
    const cycles = 50;
    const from = one.output.length;
    one.type(`again(${broker.port},${cycles})`);
    const levels: number[] = [];
    for (let n = 1; n <= cycles; n++) {
      const [, present, used] = await one.waitFor(new RegExp(`UP ${n} (\\w+) (\\d+)`), 20000, from);
      assert.equal(present, n > 1 ? "true" : "false", one.output.slice(from));
      levels.push(Number(used));
      // The wire is cut from the other side.
      for (const client of Object.values((broker.broker as any).clients)) (client as any).conn.destroy();
    }
    for (const end = Date.now() + 10000; one.output.slice(from).split("DOWN").length <= cycles; await new Promise((done) => setTimeout(done, 20))) assert.ok(Date.now() < end);
    assert.doesNotMatch(one.output.slice(from), /memory|Uncaught|Interrupted/i);
    console.log(`      variables with TLS: ${levels[4]} at the fifth, ${levels.at(-1)} at the last; ${[...new Set(one.output.slice(from).match(/DOWN [\w-]+/g))]}`);
    assert.ok(Math.abs(levels.at(-1)! - levels[4]!) <= 8, String(levels));
  });
});
