/** `serve`: the service itself. */
import type {Command} from 'commander';

export function declare(command: Command): void {
    command.action(async () => {
        const {serve} = await import('../serve.ts');
        await serve();
    });
}
