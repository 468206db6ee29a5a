import {expect, it} from 'vitest';
import {serviceUrls} from './service.ts';

const note = {host: '0.0.0.0', port: 9000, public_url: null, ireserve_timeout_ms: 1};

it('where the service listens is what it noted, unless whoever asks says another port', () => {
    expect(serviceUrls(undefined, undefined, 8090)).toEqual(['http://localhost:8090']);
    expect(serviceUrls(note, undefined, 8090)).toEqual(['http://localhost:9000']);
    expect(serviceUrls(note, 7000, 7000)).toEqual(['http://localhost:7000']);
    expect(serviceUrls({...note, host: '10.0.0.5', public_url: 'https://bridge.example.com'}, undefined, 8090)).toEqual([
        'http://10.0.0.5:9000',
        'https://bridge.example.com',
    ]);
    expect(serviceUrls({...note, host: '::1'}, undefined, 8090)).toEqual(['http://[::1]:9000']);
});
