/** The few questions about elements that our tests ask; a library for them is not worth its place. */
import {expect} from 'vitest';

declare module 'vitest' {
    interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
        toHaveText(text: string): R;
        toBeOnPage(): R;
        toHaveFocus(): R;
        toHaveValue(value: string): R;
    }
}

const told = (pass: boolean, message: string) => ({pass, message: () => message});

expect.extend({
    toHaveText: (element: Element, text: string) =>
        told(element.textContent?.includes(text) === true, `“${element.textContent}”, not “${text}”`),
    toBeOnPage: (element: Element | null) => told(element?.isConnected === true, 'not on the page'),
    toHaveFocus: (element: Element) =>
        told(element === document.activeElement, `the focus is on ${document.activeElement?.outerHTML.slice(0, 200)}`),
    toHaveValue: (element: HTMLInputElement, value: string) => told(element.value === value, `“${element.value}”, not “${value}”`),
});
