/** Gives the user a file, without a server in between. */
export function saveFile(name: string, text: string, type: string): void {
    const url = URL.createObjectURL(new Blob([text], {type}));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    // The browser may still be reading it.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
