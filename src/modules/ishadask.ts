// A question to a shadow by MQTT.
export { askByMqtt } from "../iot/shadowAsk";
