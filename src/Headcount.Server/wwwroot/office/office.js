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

// The address of a list says what it shows, so that one comes back to it.
window.headcountAddress = (address) => history.replaceState(history.state, '', address);
