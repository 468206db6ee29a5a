/**
 * `make demo`: a Mattermost double, the bridge and the i-Reserve double on this machine, a short scripted conversation, then yours to try.
 *
 * With MATTERMOST_URL, MATTERMOST_BOT_TOKEN and MATTERMOST_CHANNEL_ID a real server takes the double's place; MATTERMOST_NOTIFICATION_CHANNEL_ID
 * (default: the same channel) and MATTERMOST_AGENT_TOKEN (someone whose mentions are counted) are optional. DEMO_ONCE=1 plays, checks and exits.
 */
import {cleanUp, type Performance, play} from './play.ts';
import {addresses, failures, STEP_HEADING, stepLine, threadText} from './report.ts';
import {type Ports, type Stage, setStage} from './stage.ts';
import {stopOnSignals} from './stop-on-signals.ts';

const USUAL_PORTS: Ports = {mattermost: 8065, host: 8066, bridge: 8090, ireserve: 8070};
const ANY_PORTS: Ports = {mattermost: 0, host: 0, bridge: 0, ireserve: 0};

const once = process.env.DEMO_ONCE === '1';
const print = (text = '') => console.log(text);

async function perform(stage: Stage): Promise<Performance> {
    print(`\n${STEP_HEADING}`);
    return play(stage, (result) => print(stepLine(result)));
}

/** @returns the exit code */
async function playOnce(stage: Stage): Promise<number> {
    const performance = await perform(stage);
    print(`\n  The thread, read back from ${stage.mattermost.name}:\n\n${threadText(performance)}`);
    if (stage.mattermost.real) await cleanUp(stage, performance);
    const wrong = failures(performance);
    print(
        wrong.length === 0 ? '\nDemo: every step arrived as it should.' : `\nDemo FAILED:\n${wrong.map((one) => `  - ${one}`).join('\n')}`,
    );
    return wrong.length === 0 ? 0 : 1;
}

async function playAndStay(stage: Stage): Promise<void> {
    const performance = await perform(stage);
    const wrong = failures(performance);
    if (wrong.length > 0) print(`\nNot all went as it should:\n${wrong.map((one) => `  - ${one}`).join('\n')}`);
    print(`\nGo on with this chat as the visitor:\n  ${stage.ireserve.url}/boats/zilvermeeuw?conversation=${performance.conversation_id}`);
    if (stage.mattermost.real) print('\nWhat was posted stays in Mattermost; DEMO_ONCE=1 would take it away again.');
    print('\nCtrl+C stops everything.');
}

let isStopping = () => false;

try {
    const stage = await setStage(process.env, once ? ANY_PORTS : USUAL_PORTS);
    ({isStopping} = stopOnSignals(stage.stop, {once}));
    print(`\ni-Reserve for Mattermost, the demo (${stage.mattermost.name})\n\n${addresses(stage)}`);
    if (once) {
        process.exitCode = await playOnce(stage).finally(stage.stop);
    } else {
        await playAndStay(stage);
    }
} catch (error) {
    if (!isStopping()) {
        console.error(`The demo could not run: ${error instanceof Error ? error.message : String(error)}`);
        process.exit(1);
    }
}
