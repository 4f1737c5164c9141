// The MQTT client. Loaded when the TLS link is there, because until then memory is short.
export { MqttLink } from "../mqtt/client";
