// Which React to run under: the page's policy forbids scripts inside the page.
const asked = new URLSearchParams(location.search).get('react') ?? sessionStorage.getItem('host-react') ?? '18';
sessionStorage.setItem('host-react', asked);
const script = document.createElement('script');
script.src = `/host/react-${asked === '19' ? '19' : '18'}.js`;
document.body.append(script);
