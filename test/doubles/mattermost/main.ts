import {parseArgs} from 'node:util';
import {startMattermost} from './start.ts';
import {DIFFERENCES, type ServerVersion} from './state/versions.ts';

const {values} = parseArgs({
    options: {
        port: {type: 'string', default: '8065'},
        version: {type: 'string', default: '11.1'},
        seed: {type: 'string'},
        latency: {type: 'string', default: '0'},
    },
});

const double = await startMattermost({
    port: Number(values.port),
    version: values.version in DIFFERENCES ? (values.version as ServerVersion) : '11.1',
    latencyScale: Number(values.latency),
    ...(values.seed === undefined ? {} : {seed: Number(values.seed)}),
});

// One line, so that whoever started it can read it as JSON and knows that it listens.
console.log(JSON.stringify({url: double.url, version: double.version, seeded: double.seeded}));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
        void double.stop();
    });
}
