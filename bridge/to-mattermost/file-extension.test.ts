import {expect, test} from 'vitest';
import {withExtension} from './file-extension.ts';

test.each([
    ['blob', ['image/png'], 'blob.png'],
    ['file', ['image/jpeg; charset=binary'], 'file.jpg'],
    ['recording', [undefined, 'Audio/MPEG'], 'recording.mp3'],
    ['scan', ['application/octet-stream', 'application/pdf'], 'scan.pdf'],
    ['plan.2026', ['image/webp'], 'plan.2026.webp'],
    ['photo.jpeg', ['image/png'], 'photo.jpeg'],
    ['song.mp3', ['audio/mpeg'], 'song.mp3'],
    ['thing', ['application/x-msdownload'], 'thing'],
    ['thing', ['constructor', undefined], 'thing'],
])('%s of %j is %s', (name, types, shown) => {
    expect(withExtension(name, ...types)).toBe(shown);
});
