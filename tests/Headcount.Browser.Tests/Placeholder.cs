namespace Headcount.BrowserTests;
internal static class Placeholder;
