// device.subscribe and device.unsubscribe.
export { subscribeCommand as subscribe, unsubscribeCommand as unsubscribe } from "../device/messages";
