import {expect, it} from 'vitest';
import {networkFailure} from './network-error.ts';

it('what breaks in the middle of a secure connection is not a failed handshake: it may have been carried out', () => {
    const cause = Object.assign(new Error('bad record mac'), {code: 'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC'});
    expect(networkFailure(new TypeError('fetch failed', {cause}), 'Mattermost')).toMatchObject({kind: 'unknown', tls: false});
});
