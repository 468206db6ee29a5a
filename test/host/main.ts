/** The host page by itself, `node test/host/main.ts`: the parts of `make demo` without its script; a chat is opened on the visitor's page. */
import {addresses} from '../demo/report.ts';
import {setStage} from '../demo/stage.ts';

const stage = await setStage({}, {mattermost: 8065, host: 8066, bridge: 8090, ireserve: 8070});
console.log(`\n${addresses(stage)}\n\nCtrl+C stops everything.`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stage.stop().then(() => process.exit(0)));
}
