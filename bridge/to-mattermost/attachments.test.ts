import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {check} from '../../test/support/seeds.ts';
import {safeFileName} from './attachments.ts';

describe('safeFileName', () => {
    it.each([
        ['../../etc/passwd', 'passwd'],
        ['C:\\x\\a.png', 'a.png'],
        ['gpj\u202E.exe\u0000', 'gpj.exe'],
        ['..', 'file'],
        ['a\nb.txt', 'a b.txt'],
    ])('%j becomes %j', (name, safe) => expect(safeFileName(name)).toBe(safe));

    it('is short, keeps its extension and names no folder', async () => {
        await check(
            fc.property(fc.string({unit: 'binary', maxLength: 400}), (name) => {
                const safe = safeFileName(`${name}.pdf`);
                expect(Array.from(safe).length).toBeLessThanOrEqual(120);
                expect(safe).not.toMatch(/[/\\\n]/);
                expect(safe).toMatch(/pdf$/);
            }),
            {numRuns: 300},
        );
    });
});
