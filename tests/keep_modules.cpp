// Linked into the programs of the address-sanitizer build only. LeakSanitizer names a leak by the module that
// allocated it, at exit; OpenGL drivers are unloaded before that, and what they keep would be reported as
// <unknown module>, which no line of lsan.supp can name. So modules stay loaded: this definition comes before
// the C library's.
extern "C" __attribute__((visibility("default"))) int dlclose(void*) noexcept {
  return 0;
}
