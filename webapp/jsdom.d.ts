/** What we use of jsdom, which brings no types. */
declare module 'jsdom' {
    export class VirtualConsole {
        on(event: string, listener: (...parts: unknown[]) => void): this;
    }
    export class JSDOM {
        constructor(html: string, options: {runScripts: 'dangerously'; resources: 'usable'; url: string; virtualConsole: VirtualConsole});
        readonly window: Window & {eval(script: string): unknown};
    }
}
