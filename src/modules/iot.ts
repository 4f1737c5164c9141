// The MQTT client.
export { connectMqtt } from "../mqtt/client";
export { createSession } from "../mqtt/session";
