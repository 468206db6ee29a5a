/** A picture drawn in code: evening over the lake, a boat, its reflection. The same bytes on every run. */
import {crc32, deflateSync} from 'node:zlib';

const WIDTH = 640;
const HEIGHT = 400;
const HORIZON = 232;

type Colour = readonly [number, number, number];

const SKY_TOP: Colour = [58, 92, 148];
const SKY_LOW: Colour = [255, 196, 138];
const SUN: Colour = [255, 236, 190];
const HILL: Colour = [74, 88, 108];
const WATER_FAR: Colour = [214, 160, 132];
const WATER_NEAR: Colour = [38, 66, 104];
const HULL: Colour = [176, 62, 48];
const SAIL: Colour = [252, 246, 232];
const MAST: Colour = [92, 64, 44];

export function lakePicture(): Uint8Array {
    const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
    for (let y = 0; y < HEIGHT; y++) {
        for (let x = 0; x < WIDTH; x++) {
            const place = y * (1 + WIDTH * 3) + 1 + x * 3;
            rows.set(colourAt(x, y), place);
        }
    }
    return png(rows);
}

function colourAt(x: number, y: number): Colour {
    if (y < HORIZON) return boatAt(x, y) ?? skyAt(x, y);
    // The boat floats a little below the horizon; under its water line everything is a mirror, broken by waves.
    const boat = y < 262 ? boatAt(x, y) : null;
    if (boat) return boat;
    const wave = Math.sin(y * 0.55 + Math.sin(x * 0.035 + y * 0.21) * 1.6) * (2 + (y - HORIZON) / 18);
    const mirrored = Math.round(2 * 250 - y);
    const reflection = boatAt(Math.round(x + wave), mirrored) ?? sunPath(x + wave * 3, y);
    const water = mixed(WATER_FAR, WATER_NEAR, Math.min(1, ((y - HORIZON) / (HEIGHT - HORIZON)) * 1.25));
    return reflection ? mixed(water, reflection, 0.45 + wave / 60) : mixed(water, SUN, Math.max(0, wave / 70));
}

function skyAt(x: number, y: number): Colour {
    const hill = HORIZON - 26 - 18 * Math.sin(x / 74) - 10 * Math.sin(x / 31 + 2);
    const far = Math.hypot(x - 470, y - 168);
    if (y > hill) return mixed(HILL, SKY_LOW, 0.18 + (y - hill) / 160);
    if (far < 30) return SUN;
    return mixed(mixed(SKY_TOP, SKY_LOW, (y / HORIZON) ** 1.3), SUN, Math.max(0, 0.5 - far / 220));
}

function sunPath(x: number, y: number): Colour | null {
    return Math.abs(x - 470) < 16 + (y - HORIZON) / 5 ? SUN : null;
}

function boatAt(x: number, y: number): Colour | null {
    const left = 196 + (y - 236) * 0.9;
    const right = 344 - (y - 236) * 1.1;
    if (y >= 236 && y < 258 && x > left && x < right) return y < 240 ? SAIL : HULL;
    if (y >= 92 && y < 236 && x >= 262 && x < 266) return MAST;
    if (y >= 100 && y < 226 && x < 260 && x > 260 - (y - 100) * 0.46) return mixed(SAIL, SKY_LOW, (260 - x) / 130);
    if (y >= 118 && y < 226 && x > 268 && x < 268 + (y - 118) * 0.56) return mixed(SAIL, SKY_LOW, 0.25 + (x - 268) / 150);
    return null;
}

function mixed(from: Colour, to: Colour, share: number): Colour {
    const part = Math.max(0, Math.min(1, share));
    const [r, g, b] = [0, 1, 2].map((at) => Math.round((from[at] ?? 0) * (1 - part) + (to[at] ?? 0) * part));
    return [r ?? 0, g ?? 0, b ?? 0];
}

/** Eight-bit RGB, every row unfiltered. */
function png(rows: Uint8Array): Uint8Array {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(WIDTH, 0);
    header.writeUInt32BE(HEIGHT, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, {level: 9})), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, content: Uint8Array): Buffer {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
}
