// Messages: device.publish, subscribe and unsubscribe, and the queue in flash.
export { publishCommand as publish, subscribeCommand as subscribe, unsubscribeCommand as unsubscribe } from "../device/messages";
export { giveUp, sendNext } from "../iot/queue";
