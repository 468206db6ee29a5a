#!/usr/bin/env node
// Plain JavaScript, which old versions of Node can read: without it they end with ERR_UNKNOWN_FILE_EXTENSION, and nobody knows what to do.
const oldest = 24;
const given = process.versions.node;

if (Number(given.split('.')[0]) < oldest) {
    process.stderr.write(
        `error: ireserve-bridge needs Node ${oldest} or newer, and this is Node ${given} (${process.execPath}).\n` +
            `  next: install Node ${oldest} from https://nodejs.org, and run it with that one.\n`,
    );
    process.exit(1);
} else {
    void import('./main.ts');
}
