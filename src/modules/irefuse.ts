// Why AWS IoT's HTTPS services, or a shadow by MQTT, refused: loaded after a refusal.
export { actionRefusal, noAnswer } from "../iot/refusal";
export { shadowRefusal } from "../iot/shadowRefusal";
