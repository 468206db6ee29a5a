/** `ireserve-bridge`: the service and everything an admin does with it, on the service's own store. */
import {EXIT} from './failure.ts';
import {runCommandLine} from './run.ts';

// A reader such as `head` that has enough is no error.
process.stdout.on('error', (error: {code?: string}) => process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed));
const {exitCode, isLeft} = await runCommandLine(process.argv.slice(2));
process.exitCode = exitCode;
if (isLeft) process.exit();
