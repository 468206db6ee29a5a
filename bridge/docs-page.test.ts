import {expect, it} from 'vitest';
import {docsPage} from './docs-page.ts';
import {currentOpenApi} from './openapi.ts';

it('every link of the page stays under the path the bridge is reached at', () => {
    const links = [...docsPage(currentOpenApi()).matchAll(/href="([^"#]+)"/g)].map(([, href = '']) => href);
    expect(links.length).toBeGreaterThan(0);
    for (const href of links) expect(new URL(href, 'https://chat.example.com/bridge/docs').pathname).toMatch(/^\/bridge\//);
});
