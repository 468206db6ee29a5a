import {expect, it} from 'vitest';
import {deletesDetachedFiles, knowsUnsafeLinks} from './server-version.ts';

it.each([
    ['5.37.0', false, false],
    ['9.11.3', false, false],
    ['10.5.0', true, false],
    ['11.1.0', true, true],
    ['12.0.0-rc1', true, true],
    ['', false, false],
    ['dev', false, false],
])('Mattermost %s', (version, links, files) => {
    expect([knowsUnsafeLinks(version), deletesDetachedFiles(version)]).toEqual([links, files]);
});
