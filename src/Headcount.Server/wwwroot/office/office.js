// What the office does in the browser by itself: it says when the server is not there, and asks for the page again when it came back without what was open.

const modal = document.querySelector('#components-reconnect-modal');
modal.addEventListener('components-reconnect-state-changed', ({ detail: { state } }) => {
  if (state === 'show') {
    if (!modal.open) modal.showModal();
  } else if (state === 'hide') {
    modal.close();
  } else if (state === 'rejected') {
    location.reload();
  }
});

// The dashboard within the office is as high as what is in it.
new MutationObserver(() => {
  for (const frame of document.querySelectorAll('.live-frame:not([data-fit])')) {
    frame.dataset.fit = 'yes';
    const fit = () => {
      const page = frame.contentDocument?.body;
      if (page) frame.style.height = `${page.scrollHeight + 4}px`;
    };
    const begin = () => {
      const page = frame.contentDocument?.body;
      if (!page || frame.contentWindow.location.href === 'about:blank') return;
      new ResizeObserver(fit).observe(page);
      fit();
    };
    frame.addEventListener('load', begin);
    begin();
  }
}).observe(document.body, { childList: true, subtree: true });

// The address of a list says what it shows, so that one comes back to it.
window.headcountAddress = (address) => history.replaceState(history.state, '', address);
