import {describe, expect, it} from 'vitest';
import {isPublicAddress} from './addresses.ts';

describe('isPublicAddress', () => {
    it.each(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'])('%s is', (address) =>
        expect(isPublicAddress(address)).toBe(true),
    );
    it.each([
        ...[
            '127.0.0.1',
            '10.1.2.3',
            '172.31.0.1',
            '192.168.1.1',
            '169.254.169.254',
            '100.64.0.1',
            '0.0.0.0',
            '224.0.0.1',
            '255.255.255.255',
            'x',
            '',
        ],
        ...[
            '::1',
            '::',
            'fe80::1',
            'fc00::1',
            'ff02::1',
            '::ffff:10.0.0.1',
            '::ffff:7f00:1',
            '64:ff9b::10.0.0.1',
            '2002:7f00:1::',
            '2001::1',
            '::127.0.0.1',
        ],
    ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});
