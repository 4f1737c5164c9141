// Does this interpreter check certificates? Loaded when it is asked, and before the first request where that is required.
export { demandTrust, probeTrust } from "../device/trust";
