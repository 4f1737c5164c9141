// Credentials from AWS IoT: loaded when they are fetched or renewed, let go before the request that they sign.
export { renew } from "../device/credentials";
