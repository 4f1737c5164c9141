// Does this interpreter check certificates? Loaded when it is asked, and before the first request where that is required.
export { askForTrust, demandTrust } from "../device/trust";
