/**
 * The i-Reserve double on its own: `node test/doubles/ireserve/main.ts`.
 *
 * Environment: BRIDGE_URL (without it events wait), IRESERVE_INTEGRATION, IRESERVE_SIGNING_SECRET (whsec_…),
 * IRESERVE_CALLBACK_SECRETS (one or two, with a comma between), IRESERVE_PORT (default 8070).
 */
import {startIreserve} from './start.ts';

const env = process.env;
const signingSecret = env.IRESERVE_SIGNING_SECRET ?? 'whsec_aW9yZXNlcnZlLWRlbW8tc2VjcmV0LTI0LWJ5dGVz';

const ireserve = await startIreserve({
    bridgeUrl: env.BRIDGE_URL ?? null,
    integration: env.IRESERVE_INTEGRATION ?? 'demo',
    signingSecret,
    port: Number(env.IRESERVE_PORT ?? 8070),
    ...(env.IRESERVE_CALLBACK_SECRETS ? {callbackSecrets: env.IRESERVE_CALLBACK_SECRETS.split(',')} : {}),
});

console.log(`Visitor's page   ${ireserve.url}/`);
console.log(`Notifications    ${ireserve.url}/notifications`);
console.log(`Callbacks to     ${ireserve.callbackUrl}`);
console.log(env.BRIDGE_URL ? `Events go to     ${env.BRIDGE_URL}/v1/events` : 'No BRIDGE_URL: events wait.');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void ireserve.stop().then(() => process.exit(0)));
}
