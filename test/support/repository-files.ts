/** The repository's own text files: all that .gitignore does not name. Without git, which a source archive does not have. */
import {readdir, readFile} from 'node:fs/promises';
import {join, matchesGlob} from 'node:path';

export type File = {path: string; text: string};

/** @param root folder with a .gitignore. */
export async function readFiles(root: string): Promise<File[]> {
    const ignored = ['.git', ...toGlobs(await readFile(join(root, '.gitignore'), 'utf8'))];
    const files: File[] = [];
    const walk = async (folder: string): Promise<void> => {
        for (const entry of await readdir(join(root, folder), {withFileTypes: true})) {
            const path = join(folder, entry.name);
            if (ignored.some((pattern) => matchesGlob(path, pattern))) continue;
            if (entry.isDirectory()) await walk(path);
            else if (entry.isFile()) files.push({path, text: await readFile(join(root, path), 'utf8')});
        }
    };
    await walk('');
    // A NUL character: an image or another binary.
    return files.filter(({text}) => !text.includes('\0'));
}

/** Only the plain forms that our .gitignore uses: `name/`, `/name/`, `*.log`. */
function toGlobs(gitignore: string): string[] {
    return gitignore
        .split('\n')
        .filter((line) => line && !line.startsWith('#'))
        .map((line) => `${line.startsWith('/') ? '' : '**/'}${line.replace(/^\/|\/$/g, '')}`);
}
