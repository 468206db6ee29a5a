/** Width and height of a PNG, GIF or JPEG from its header; `undefined` for anything else. */
export function imageSize(bytes: Buffer): {width: number; height: number} | undefined {
    if (bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47) {
        return {width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20)};
    }
    if (bytes.length >= 10 && bytes.toString('latin1', 0, 3) === 'GIF') {
        return {width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8)};
    }
    return bytes.length >= 4 && bytes.readUInt16BE(0) === 0xffd8 ? jpegSize(bytes) : undefined;
}

/** Walks the JPEG's segments to the frame header (SOF0 to SOF15, which are not DHT, JPG and DAC). */
function jpegSize(bytes: Buffer): {width: number; height: number} | undefined {
    let at = 2;
    while (at + 9 < bytes.length && bytes[at] === 0xff) {
        const marker = bytes[at + 1] ?? 0;
        if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
            return {height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7)};
        }
        at += 2 + bytes.readUInt16BE(at + 2);
    }
    return undefined;
}
