/** A Mattermost double and a bridge that live as long as one test file. */
import {afterAll, beforeAll} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {startTestBridge, type TestBridge, type TestBridgeOptions} from '../support/bridge.ts';

export type ForFile = {readonly bridge: TestBridge; readonly mattermost: MattermostDouble};

/** @returns holders to be read inside tests, when both have been started. */
export function bridgeForFile(options: Omit<TestBridgeOptions, 'mattermost'> = {}): ForFile {
    let mattermost: MattermostDouble | undefined;
    let bridge: TestBridge | undefined;
    beforeAll(async () => {
        mattermost = await startMattermost();
        bridge = await startTestBridge({mattermost, ...options});
    });
    afterAll(async () => {
        await bridge?.stop();
        await mattermost?.stop();
    });
    return {
        get bridge() {
            return bridge ?? notYet();
        },
        get mattermost() {
            return mattermost ?? notYet();
        },
    };
}

function notYet(): never {
    throw new Error('only inside a test');
}
